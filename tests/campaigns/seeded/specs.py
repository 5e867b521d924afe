"""Small specs in which faults show."""

from __future__ import annotations

SPECS = {
    "lstm": "model m(x: float[T, 3] ragged) -> float[T, 4] { x -> lstm(4) }",
    "lstm_last": """
model m(x: float[T, 3] ragged) -> float[4], float[T, 4] {
  first, ends = x -> lstm(4, states)
  x -> lstm(4, final), first -> lstm(4, init = ends)
}""",
    "bi_lstm": "model m(x: float[T, 3] ragged) -> float[T, 8] { x -> bi(lstm(4)) }",
    "bi_lstm_plain": "model m(x: float[T, 3]) -> float[T, 8] { x -> bi(lstm(4)) }",
    "bi_final": """
model m(x: float[T, 3] ragged) -> float[8] { x -> bi(lstm(4, final)) }""",
    "bi_sum": "model m(x: float[T, 3] ragged) -> float[T, 4] { x -> bi(gru(4), sum) }",
    "square": "model m(x: float[T, 4] ragged) -> float[T, 4] { x -> rnn(4) }",
    "peephole": """
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> lstm_peephole(4) }""",
    "gru": "model m(x: float[T, 3] ragged) -> float[T, 4] { x -> gru(4) }",
    "gru_before": """
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> gru_reset_before(4) }""",
    "one_bias": """
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> gru(4, recurrent_bias = none) }""",
    "reverse": "model m(x: float[T, 3] ragged) -> float[T, 4] { x -> gru(4, reverse) }",
    "given": """
model m(x: float[T, 3] ragged, a: float[4], b: float[4])
  -> float[T, 4], float[4] {
  x -> lstm(4, init = (a, b)), x -> gru(4, init = a, final)
}""",
    "stepped": """
model m(x: float[T, 3], a: float[4]) -> float[T, 4], float[4] {
  y, s = x -> gru(4, init = a, states)
  y, s
}""",
    "staged": "model m(x: float[T, 3] ragged) -> float[T, 8] { x -> bi(sru(4)) }",
    "linear": """
model m(x: float[T, 3] ragged) -> float[T, 4], float[T, 4] {
  x -> min_gru(4), x -> min_gru(4, reverse)
}""",
    "linear_own": """
cell own(units: int) {
  state s[units]
  param W, a, b
  s' = (W @ x - a * s - b * s) / 2
}
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> own(4) }""",
    "minus": """
cell own(units: int) {
  state h[units]
  param W, U
  h' = W @ x - (U @ h - tanh(h))
}
model m(x: float[T, 3]) -> float[T, 4] { x -> own(4) }""",
    "outer_cell": """
cell fast(units: int) {
  state A[units, units]
  param W_k, W_v, W_q
  k = W_k @ x
  A' = 0.5 * A + outer(W_v @ x, k)
  A' @ (W_q @ x)
}
model m(x: float[T, 3]) -> float[T, 4] { x -> fast(4) }""",
    "merged": """
model m(x: float[T, 4] ragged, y: float[T, 4] ragged) -> float[4] {
  add(x, y) -> mean
}""",
    "paired": """
model m(x: float[T, 4] ragged, y: float[S, 4] ragged) -> float[4] {
  a, b = pair(x, y)
  a * b -> max(S) -> max
}""",
    "tied_mean": """
model m(x: int[T] < 5 pad 0) -> float[5] {
  let e = embed(5)
  x -> e -> tied(e, bias = zeros) -> mean
}""",
    "series": """
block layer() {
  residual { layernorm -> bi(gru(2)) -> dense(4, tanh) }
}
model m(x: int[T] < 9 pad 0) -> float[4] {
  x -> embed(4) -> for i in 16 { layer } -> mean
}""",
    "staged_last": "model m(x: float[T, 3] ragged) -> float[4] { x -> sru(4, final) }",
    "linear_ends": """
model m(x: float[T, 3] ragged) -> float[4], float[4] {
  x -> min_gru(4, final), x -> min_gru(4, final, reverse)
}""",
    "stepped_linear": """
model m(x: float[T, 3] ragged, a: float[4]) -> float[T, 4] {
  x -> min_gru(4, init = a)
}""",
    "lru": "model m(x: float[T, 3] ragged) -> float[T, 3] { x -> lru(4) }",
    "own_cell": """
cell own(units: int) on (x: float[d]) {
  state h[units], s[units]
  param W, U, V, p, b
  g = hard_sigmoid(W @ x + U @ h + b)
  a = softmax(V @ (g * s))
  s' = max(s, g) * a + abs(h) ** 2 - min(p * s, a)
  h' = silu(s') + elu(g - a) / (2 + softplus(s)) + gelu_tanh(p + h) * sin(s)
  leaky_relu(h' - s) + softsign(g) + selu(a)
}
model m(x: float[T, 3] ragged) -> float[T, 4] { x -> own(4) }""",
    "self_attend": """
model m(x: float[T, 8] ragged) -> float[T, 8], float[T, 8] {
  x -> self_attend(2), x -> self_attend(2, causal)
}""",
    "kv_heads": """
model m(x: float[T, 8] ragged) -> float[T, 8], float[T, 8], float[T, 8] {
  x -> self_attend(4, kv_heads = 2, size = 4, rotary),
  x -> self_attend(3, size = 4, alibi), x -> self_attend(2, causal, window = 2)
}""",
    "near": """
model m(x: float[T, 8] ragged) -> float[T, 8] { x -> self_attend(2, window = 1) }""",
    "cross": """
model m(q: float[T, 8], x: float[S, 6] ragged) -> float[T, 8] {
  (q, x) -> cross_attend(2)
}""",
    "attend": """
model m(q: float[T, 4], x: float[S, 4] ragged)
  -> float[T, 4], float[T, 4], float[T, 4] {
  (q, x) -> attend, (q, x) -> attend(general), (q, x) -> attend(additive, units = 3)
}""",
    "conv": """
model m(x: float[T, 4] ragged) -> float[T, 6], float[T, 6] {
  x -> conv(6, 3, causal, dilation = 2), x -> conv(6, 4, same)
}""",
    "conv_valid": """
model m(x: float[T, 4] ragged) -> float[(T - 3) // 2 + 1, 6], float[6] {
  y = x -> conv(6, 3, relu, stride = 2)
  y, y -> mean
}""",
    "strided": """
model m(x: float[T, 4]) -> float[(T + 1) // 2, 6] {
  x -> conv(6, 4, same, stride = 2, dilation = 2)
}""",
    "both_strides": """
model m(x: float[T, 4]) -> float[(T + 1) // 2, 6] {
  x -> conv(6, 3, same, stride = 2, dilation = 2)
}""",
    "apart": """
model m(x: float[T, 4] ragged) -> float[T, 8], float[T, 6] {
  x -> depthwise(3, same, multiplier = 2), x -> separable(6, 3, same)
}""",
    "image": """
model m(x: float[6, 6, 2]) -> float[6, 6, 3], float[3, 3, 2], float[12, 12, 3] {
  x -> conv(3, 3, same), x -> avgpool(3, same, stride = 2),
  x -> transposed(3, 4, same, stride = 2)
}""",
    "transposed": """
model m(x: float[T, 4]) -> float[2 * T, 3] {
  x -> transposed(3, 4, same, stride = 2)
}""",
    "pools": """
model m(x: float[T, 4] ragged) -> float[T, 4], float[T, 4] {
  x -> maxpool(3, same, stride = 1), x -> avgpool(3, same, stride = 1)
}""",
    "pool_plain": """
model m(x: float[T, 4]) -> float[(T + 1) // 2, 4] {
  x -> avgpool(3, same, stride = 2)
}""",
    "reductions": """
model m(x: float[T, 4] ragged)
  -> float[4], float[4], float[4], float[4], float[4] {
  x -> mean, x -> max, x -> first, x -> last, x -> sum
}""",
    "norms": """
model m(x: float[T, 4] ragged) -> float[T, 4], float[T, 4], float[T, 4] {
  x -> layernorm, x -> rmsnorm, x -> normalize
}""",
    "batchnorm": "model m(x: float[T, 4] ragged) -> float[T, 4] { x -> batchnorm }",
    "functions": """
model m(x: float[T, 4]) -> float[T, 4], float[T, 4], float[T, 4] {
  x -> gelu, x -> leaky_relu, x -> gelu_tanh
}""",
    "softmax": """
model m(x: float[T, S, 4]) -> float[T, S, 4], float[T, S, 4], float[T, S, 4] {
  x -> softmax, softmax(x, S), x -> log_softmax
}""",
    "weighed": """
model m(x: float[T, 4] ragged) -> float[4] {
  param v[4]
  contract(softmax(x @ v, T), x, T)
}""",
    "dense": """
model m(x: float[T, 3]) -> float[T, 4] { x -> dense(5, tanh) -> dense(4, sigmoid) }""",
    "tied": """
model m(x: int[T] < 5 pad 0) -> float[T, 5] {
  let e = embed(5)
  x -> e -> tied(e, bias = zeros)
}""",
    "positions": """
model m(x: int[T] < 9) -> float[T, 6], float[T, 6] {
  h = x -> embed(6)
  h -> positions(6, sinusoidal), h -> positions(6, learned, length = 20)
}""",
    "steps": """
model m(x: float[T, 3] ragged, y: float[S, 3] ragged)
  -> float[T, 3], float[T, 3], float[T + S, 3] {
  x -> reverse, x -> shift(2), concat(x, y, time)
}""",
    "values": """
model m(a: float[T, 4], b: float[T, 4]) -> float[T, 4], float[T], float[T] {
  maximum(a, b), cosine(a, b), distance(a, b, l1)
}""",
    "penalty": """
model m(x: float[T, 3]) -> float[T, 4], float[T, 4] {
  x -> dense(4, l1 = 0.1, l2 = 0.01), x -> gru(4, l2 = 0.02)
}""",
    "starts": """
model m(x: int[T] < 9) -> float[T, 4] {
  x -> embed(5) -> conv(6, 3, same, kernel = he_normal) -> bi(lstm(3)) -> dense(4)
}""",
    "blocks": """
block part(n: int) { dense(n, tanh) -> dense(n) }
model m(x: float[T, 4]) -> float[T, 4] { x -> part(4) -> part(4) -> part(4) }""",
    "dropout": """
model m(x: float[T, 4]) -> float[T, 4], float[T, 4] {
  x -> dropout(0.5), x -> lstm(4, dropout = 0.5, recurrent_dropout = 0.5)
}""",
}

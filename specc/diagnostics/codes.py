"""Every code of every diagnostic, with its number and slug; each has a page."""

from __future__ import annotations

from specc.diagnostics.model import Code

# Files: SPC001-019
MISSING_FILE = Code("SPC001", "missing-file")
NOT_A_FILE = Code("SPC002", "not-a-file")
UNREADABLE_FILE = Code("SPC003", "unreadable-file")
FILE_TOO_LARGE = Code("SPC004", "file-too-large")
BINARY_FILE = Code("SPC005", "binary-file")
NOT_UTF8 = Code("SPC006", "not-utf8")
NOTHING_DECLARED = Code("SPC007", "nothing-declared")
LONE_CARRIAGE_RETURN = Code("SPC008", "lone-carriage-return")
IMPORT_OUTSIDE = Code("SPC010", "import-outside")
IMPORT_CYCLE = Code("SPC011", "import-cycle")
SYSTEM_ERROR = Code("SPC009", "system-error")

# Syntax: SPC101-149
UNEXPECTED_TEXT = Code("SPC101", "unexpected-text")
UNEXPECTED_CHARACTER = Code("SPC102", "unexpected-character")
NON_ASCII_NAME = Code("SPC103", "non-ascii-name")
UNCLOSED_BRACKET = Code("SPC104", "unclosed-bracket")
UNOPENED_BRACKET = Code("SPC105", "unopened-bracket")
UNCLOSED_STRING = Code("SPC106", "unclosed-string")
UNKNOWN_ESCAPE = Code("SPC107", "unknown-escape")
MALFORMED_NUMBER = Code("SPC108", "malformed-number")
NUMBER_OUT_OF_RANGE = Code("SPC109", "number-out-of-range")
NAME_TOO_LONG = Code("SPC110", "name-too-long")
NESTED_TOO_DEEPLY = Code("SPC111", "nested-too-deeply")
RESERVED_WORD = Code("SPC112", "reserved-word")
LEADING_OPERATOR = Code("SPC113", "leading-operator")
NOT_A_TARGET = Code("SPC114", "not-a-target")
UNKNOWN_DECLARATION = Code("SPC115", "unknown-declaration")

# Names and arguments: SPC201-249
UNKNOWN_NAME = Code("SPC201", "unknown-name")
UNKNOWN_LAYER = Code("SPC202", "unknown-layer")
DUPLICATE_NAME = Code("SPC203", "duplicate-name")
UNKNOWN_OPTION = Code("SPC204", "unknown-option")
WRONG_OPTION = Code("SPC205", "wrong-option")
MISSING_OPTION = Code("SPC206", "missing-option")
REPEATED_OPTION = Code("SPC207", "repeated-option")
TOO_MANY_ARGUMENTS = Code("SPC208", "too-many-arguments")
WRONG_ARITY = Code("SPC209", "wrong-arity")
NOT_A_VALUE = Code("SPC210", "not-a-value")
NOT_A_LAYER = Code("SPC211", "not-a-layer")
NOT_A_NUMBER = Code("SPC212", "not-a-number")
NO_RESULT = Code("SPC213", "no-result")
WRONG_RESULTS = Code("SPC214", "wrong-results")
UNUSED_NAME = Code("SPC215", "unused-name")
NO_MODEL = Code("SPC216", "no-model")
UNKNOWN_MODEL = Code("SPC221", "unknown-model")
UNKNOWN_CONSTANT = Code("SPC224", "unknown-constant")
TOO_MANY_PARAMETERS = Code("SPC225", "too-many-parameters")
RECURSIVE_BLOCK = Code("SPC223", "recursive-block")
WRONG_PLACE = Code("SPC217", "wrong-place")
HIDDEN_OPTION = Code("SPC218", "hidden-option")
PYTHON_NAME = Code("SPC219", "python-name")
TOO_LARGE = Code("SPC220", "too-large")

# Types and masks: SPC301-349
UNKNOWN_DTYPE = Code("SPC301", "unknown-dtype")
BAD_SIZE = Code("SPC302", "bad-size")
MISSING_BOUND = Code("SPC303", "missing-bound")
WRONG_DTYPE = Code("SPC304", "wrong-dtype")
NO_TIME_AXIS = Code("SPC305", "no-time-axis")
EXTRA_AXIS = Code("SPC306", "extra-axis")
SIZE_MISMATCH = Code("SPC307", "size-mismatch")
OPEN_SIZE = Code("SPC308", "open-size")
LOST_MASK = Code("SPC309", "lost-mask")
SHIFTING_WINDOWS = Code("SPC310", "shifting-windows")
TOO_SHORT = Code("SPC311", "too-short")
NOT_DIVISIBLE = Code("SPC312", "not-divisible")
OUTPUT_MISMATCH = Code("SPC313", "output-mismatch")
BAD_PADDING_ID = Code("SPC314", "bad-padding-id")
USELESS_SOFTMAX = Code("SPC315", "useless-softmax")
RAGGED_WITHOUT_AXIS = Code("SPC316", "ragged-without-axis")
NO_FEATURES = Code("SPC317", "no-features")
READS_AHEAD = Code("SPC330", "reads-ahead")

# Cells: SPC401-449
NO_STATE = Code("SPC401", "no-state")
STATE_NOT_ADVANCED = Code("SPC402", "state-not-advanced")
UNDECLARED = Code("SPC403", "undeclared")
CELL_SIZE_MISMATCH = Code("SPC404", "cell-size-mismatch")
OPEN_SHAPE = Code("SPC405", "open-shape")
UNUSED_PARAM = Code("SPC406", "unused-param")
WRONG_STATE = Code("SPC407", "wrong-state")
NOT_RECURRENT = Code("SPC408", "not-recurrent")

# Weights and data files: SPC501-549
MISSING_VECTORS = Code("SPC501", "missing-vectors")
BAD_VECTORS = Code("SPC502", "bad-vectors")
BAD_WEIGHTS_FILE = Code("SPC503", "bad-weights-file")
BAD_ARRAYS_FILE = Code("SPC504", "bad-arrays-file")
NO_COUNTERPART = Code("SPC505", "no-counterpart")
WRONG_MAP = Code("SPC506", "wrong-map")
LOST_NUMBERS = Code("SPC507", "lost-numbers")

# Backends: SPC601-649
UNKNOWN_BACKEND = Code("SPC601", "unknown-backend")
BROKEN_BACKEND = Code("SPC602", "broken-backend")
CLASHING_BACKENDS = Code("SPC603", "clashing-backends")
UNSUPPORTED_LAYER = Code("SPC604", "unsupported-layer")
MISSING_FRAMEWORK = Code("SPC605", "missing-framework")

# Running and verifying: SPC701-749
MISSING_WEIGHT = Code("SPC701", "missing-weight")
UNKNOWN_WEIGHT = Code("SPC702", "unknown-weight")
WEIGHT_SHAPE = Code("SPC703", "weight-shape")
WEIGHT_DTYPE = Code("SPC704", "weight-dtype")
MISSING_INPUT = Code("SPC705", "missing-input")
UNKNOWN_INPUT = Code("SPC706", "unknown-input")
INPUT_SHAPE = Code("SPC707", "input-shape")
INPUT_DTYPE = Code("SPC708", "input-dtype")
LENGTH_CLASH = Code("SPC709", "length-clash")
BATCH_CLASH = Code("SPC710", "batch-clash")
UNKNOWN_OUTPUT = Code("SPC711", "unknown-output")
COTANGENT_MISMATCH = Code("SPC712", "cotangent-mismatch")
DISAGREEMENT = Code("SPC721", "disagreement")
PROGRAM_FAILED = Code("SPC722", "program-failed")

# Not yet given meaning: SPC801-849
NOT_YET = Code("SPC801", "not-yet")

# Mistakes of the compiler itself: SPC900
INTERNAL_ERROR = Code("SPC900", "internal-error")

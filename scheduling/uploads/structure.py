"""How large, deep and many-membered an uploaded file may be.

Each limit is well above the largest honest model that we made (1,500 trees: 6,006 members, 31 MB of schema,
110,000 objects), and checked by code that neither builds nor imports anything a file names.
"""

MOST_MEMBERS = 25_000  # files in the zip: one for each array, a few for each tree
MOST_DIRECTORY_BYTES = 5 * 2**20  # of the zip's own list, which is read whole before it can be counted
MOST_UNPACKED_BYTES = 512 * 2**20  # of all members together, in memory several times while the model is built
MOST_GROWTH = 100  # times the file's size that it may have unpacked; honest files stay under 15
GROWTH_FREE_BYTES = 16 * 2**20  # below this a file may grow as it likes: zeros pack well
MOST_ARRAY_BYTES = 256 * 2**20  # of one array, as large as a served form may be
MOST_EMPTY_LENGTH = 1_000_000  # of a dimension of an array that holds nothing: its length costs no byte
MOST_HEADER_BYTES = 8_192  # of the text before an array's numbers, which says what they are
MOST_SCHEMA_BYTES = 64 * 2**20  # of schema.json, which is read whole
MOST_MARKS = 3_000_000  # brackets and commas in schema.json: each may become an object in memory
MOST_NODES = 300_000  # objects that schema.json describes, each repeated one counted as often as it is met
DEEPEST_JSON = 200  # brackets inside brackets in schema.json: two or three for each object
DEEPEST_NODES = 80  # objects inside objects, by way of references too
MOST_ESTIMATORS = 10_000  # trees and steps
DEEPEST_ESTIMATORS = 10  # a pipeline in a pipeline: some questions to scikit-learn double at each

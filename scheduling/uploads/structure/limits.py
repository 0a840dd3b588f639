"""The limits of an uploaded file: how large and how deeply nested it may be.

Each is well above our largest honest model (1,500 trees: 6,006 members, 31 MB of schema, 110,000 objects).
"""

MOST_MEMBERS = 25_000  # files in the zip: one for each array, a few for each tree
MOST_DIRECTORY_BYTES = 5 * 2**20  # of the list of members, which zipfile reads whole
MOST_UNPACKED_BYTES = 512 * 2**20  # of all members together, in memory several times while the model is built
MOST_GROWTH = 100  # times the file's size; honest files unpack to less than 15 times
GROWTH_FREE_BYTES = 16 * 2**20  # below this size growth does not matter: zeros compress well
MOST_ARRAY_BYTES = 256 * 2**20  # of one array; a served form may be as large
MOST_EMPTY_LENGTH = 1_000_000  # of a dimension of an empty array, whose length costs no byte
MOST_HEADER_BYTES = 8_192  # of an array's header, which is parsed as a Python literal
MOST_SCHEMA_BYTES = 64 * 2**20  # of schema.json, which is read whole
MOST_MARKS = 3_000_000  # brackets and commas in schema.json: each may become an object in memory
MOST_NODES = 300_000  # objects in schema.json, where one that is used several times counts several times
DEEPEST_JSON = 200  # brackets inside brackets in schema.json: two or three for each object
DEEPEST_NODES = 80  # objects inside objects, also by reference
MOST_ESTIMATORS = 10_000  # trees and steps of a pipeline
DEEPEST_ESTIMATORS = 10  # pipelines inside pipelines: some work of scikit-learn doubles at each

"""Why no rows are taken from a source: each ends the run with its sentence, before anything is trained."""


class SourceRefused(Exception):
    """The source cannot be read, or its rows are not fit to train on; the message has the remedy."""


class NothingNew(Exception):
    """The source gives the rows that a version was trained on already."""

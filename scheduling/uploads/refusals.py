"""Why an upload is refused: each reason once, as one sentence with what to do about it."""

from __future__ import annotations

from typing import Any

from predictions.registry.refusals import shown

REMEDIES = {
    "save": "Save the fitted model with skops.io.dump(model, 'model.skops') and upload that file.",
    "again": "The file is damaged or was made by hand: save the model again with "
    "skops.io.dump(model, 'model.skops').",
    "smaller": "Upload a smaller model.",
}
SENTENCES = {
    # What it is, by its first bytes
    "empty_file": "The file is empty. {save}",
    "empty_zip": "The file is a zip with nothing in it. {save}",
    "pickle": "The file is a pickle (joblib writes these too), and opening a pickle can run code, so it is "
    "not opened. {save}",
    "compressed": "The file is compressed, as joblib does it, and holds a pickle or something else that is "
    "not opened. {save}",
    "onnx": "The file is an ONNX model. It is the scikit-learn model that is needed, to compare its answers "
    "with the ONNX form made here. {save}",
    "hdf5": "The file is HDF5, as Keras writes it. Only scikit-learn models are taken. {save}",
    "text": "The file is text, no model. {save}",
    "unknown_file": "The file is no skops file: it does not begin as a zip. {save}",
    # The zip
    "damaged_zip": "The zip is damaged. {again}",
    "no_schema": "The zip is no skops file: it has no schema.json. {save}",
    "many_members": "The zip has more than {most:,} members. {smaller}",
    "foreign_member": "The zip has a member that skops does not write: {name}. {save}",
    "twin_members": "The zip has two members called {name}. {again}",
    "encrypted": "The zip is encrypted. {save}",
    "packing": "The zip is packed in a way that is not taken. Save with skops.io.dump(model, "
    "'model.skops'), or with compression=zipfile.ZIP_DEFLATED.",
    "large_unpacked": "Unpacked, the file would have {size}; at most {most} are taken. {smaller}",
    "grows": "Unpacked, the file would grow from {packed} to {size}, more than {most} times. {again}",
    # Arrays
    "damaged_array": "The array {name} does not hold what its first line says. {again}",
    "object_array": "The array {name} holds Python objects, which are not opened. {again}",
    "large_array": "The array {name} has {size}; at most {most} are taken. {smaller}",
    "large_arrays": "The arrays that schema.json names have more than {most}. {smaller}",
    # schema.json
    "large_schema": "schema.json has {size}; at most {most} are taken. {smaller}",
    "damaged_schema": "schema.json is not what skops writes ({cause}). {again}",
    "many_nodes": "schema.json describes more than {most:,} objects, repeated ones counted each time. "
    "{smaller}",
    "deep_schema": "schema.json nests more than {most} levels deep. {again}",
    "circle": "schema.json describes an object that contains itself. {again}",
    "many_estimators": "The model consists of more than {most:,} estimators. {smaller}",
    "deep_estimators": "The model nests more than {most} estimators in one another. Upload a pipeline that "
    "is less deep.",
    "other_version": "The model was saved with scikit-learn {theirs}, and here is {ours}: another version "
    "may read it differently. Fit and save it with scikit-learn {ours}.",
    # What is in it
    "search": "A {name} keeps its whole search, which is not taken. Upload its best_estimator_ in its place.",
    "foreign_library": "The model needs {names}. Only what scikit-learn itself brings is taken, no other "
    "library and no class or function of your own.",
    "function": "The model calls {names}. Functions are not taken: prepare these columns before they are "
    "sent, or use one of scikit-learn's own transformers.",
    "unchecked_type": "This {name} has parts that cannot be checked, and so is not taken: {names}. Models "
    "that are: LogisticRegression, RandomForest, ExtraTrees, GradientBoosting and DecisionTree, alone or in "
    "a Pipeline.",
    "unreadable": "skops cannot read the file ({cause}). {again}",
    "other_skops": "The file was saved with skops {theirs}, and here is {ours}, which cannot read it "
    "({cause}). Save it with skops {ours}.",
    "no_model": "The file holds {what}, no model. {save}",
    "reads_files": "{name}={value} would read files when the model is asked. Set it to 'content'.",
    "writes_files": "{name} would write files when the model is asked. Set it to None.",
    "starts_processes": "{name}={value} would start processes or threads. Set it to None and save again.",
    "function_parameter": "{name} is a function. Functions are not taken: use one of scikit-learn's own "
    "options.",
    "crafted_tree": "A decision tree in it {fault}. {again}",
    # How the process that opened it ended
    "memory": "It needs more than {megabytes:,} MB of memory to be opened, converted and tried "
    "(CHILD_MEMORY_MB). {smaller}",
    "time": "It takes more than {seconds:g} s to be opened, converted and tried. {smaller}",
    "large_result": "Its served form has more than {most}. {smaller}",
    "crashed": "The process that opened it crashed ({how}). {again}",
    "killed": "The process that opened it was stopped by the system ({how}), most likely for want of "
    "memory. {smaller}",
    "failed": "It could not be tried ({cause}). Try model.predict on some rows of your own, then save it "
    "again.",
}


class Refused(Exception):
    """An upload that is not taken: a stable code, and the sentence as text."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        told = {name: shown(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        super().__init__(SENTENCES[code].format(**told, **REMEDIES))


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 2**20:,.1f} MB" if size >= 2**20 else f"{size:,} bytes"

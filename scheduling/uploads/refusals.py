"""Why an upload is refused: each reason once, with what to do."""

from typing import Any

from predictions.registry.refusals import shown

REMEDIES = {
    "save": "Save the fitted model with skops.io.dump(model, 'model.skops') and upload that file.",
    "again": "The file may be damaged or edited by hand: save the model again with "
    "skops.io.dump(model, 'model.skops').",
    "smaller": "Upload a smaller model.",
}
SENTENCES = {
    # The first bytes
    "empty_file": "The file is empty. {save}",
    "empty_zip": "The file is a zip archive that contains no files. {save}",
    "pickle": "The file is a pickle (joblib writes pickles too). Opening a pickle can run code, so it is "
    "not accepted. {save}",
    "compressed": "The file is compressed, as joblib does it, and may contain a pickle. Compressed files are "
    "not accepted. {save}",
    "hdf5": "The file is HDF5, as Keras writes it. Export the model as ONNX and upload that file.",
    "text": "The file is text and not a model. {save}",
    "unknown_file": "The file is neither skops nor ONNX, by its first bytes. {save}",
    "no_clone": "The live version is an ONNX or CatBoost file, which cannot be fitted anew. Add a recipe "
    "that names an estimator, or upload the next version.",
    # CatBoost
    "catboost": "CatBoost cannot read the file. Save the model with model.save_model('model.cbm').",
    "catboost_texts": "This CatBoost model takes texts or embeddings as features (text_features, "
    "embedding_features), which its served form (ONNX) cannot. Fit it on numbers and categories alone.",
    "catboost_inside": "A CatBoost model inside of another model cannot be opened. Fit it alone, with "
    "cat_features in place of encoders, and upload the file that model.save_model('model.cbm') writes.",
    "catboost_open": "This CatBoost model takes categories of {names}, which the signature does not list. "
    "Register each column of cat_features with the kind category.",
    # The zip archive
    "damaged_zip": "The zip archive cannot be read. {again}",
    "no_schema": "The zip archive is not a skops file, because it does not contain schema.json. {save}",
    "many_members": "The zip archive contains more than {most:,} files. {smaller}",
    "foreign_member": "The zip archive contains a file that skops does not write: {name}. {save}",
    "twin_members": "The zip archive contains two files with the name {name}. {again}",
    "encrypted": "The zip archive is encrypted. {save}",
    "packing": "The zip archive uses a compression method that is not accepted. Save the model with "
    "skops.io.dump(model, 'model.skops'), or with compression=zipfile.ZIP_DEFLATED.",
    "large_unpacked": "The unpacked file would have {size}; the limit is {most}. {smaller}",
    "grows": "Unpacking would enlarge the file from {packed} to {size}; the limit is {most} times its size. "
    "{again}",
    # Arrays
    "damaged_array": "The content of the array {name} does not match its header. {again}",
    "object_array": "The array {name} contains Python objects, which are not accepted. {again}",
    "large_array": "The array {name} has {size}; the limit is {most}. {smaller}",
    "large_arrays": "The arrays that schema.json names have {size} in total; the limit is {most}. {smaller}",
    # schema.json
    "large_schema": "schema.json has {size}; the limit is {most}. {smaller}",
    "damaged_schema": "schema.json is not as skops writes it: {cause}. {again}",
    "many_nodes": "schema.json describes more than {most:,} objects. An object counts each time that it is "
    "used. {smaller}",
    "deep_schema": "schema.json is nested more than {most} levels deep. {again}",
    "circle": "schema.json describes an object that contains itself. {again}",
    "many_estimators": "The model consists of more than {most:,} estimators. {smaller}",
    "deep_estimators": "The model has more than {most} estimators inside one another. Upload a pipeline with "
    "fewer levels.",
    "other_version": "The model was saved with scikit-learn {theirs}, but this server uses {ours}, which may "
    "read it differently. Fit and save the model with scikit-learn {ours}.",
    # What is in it
    "search": "The {name} has no best_estimator_, which is what would be served. Fit it with refit=True, or "
    "upload a model that you fitted with its best_params_.",
    "foreign_library": "The model needs {names}, which {is_not} trusted here. If it comes from an installed "
    "package that you trust, the server's operator adds the package to the settings, under "
    "TRUSTED_MODULES: {packages}.",
    "times": "The model holds times ({names}), as an encoder does that was fitted on some. Turn them into "
    "numbers or text before you fit it, and save the model again.",
    "own_code": "The model needs {names}, which your script or notebook defines. Put it into a package, "
    "install that on the server, name it in TRUSTED_MODULES, and save the model again.",
    "not_installed": "The model needs {names}, which cannot be imported on this server ({cause}). Install "
    "the same version of the package {package} there.",
    "disguised": "The file uses {name} as something else than a class or a function that {package} itself "
    "defines. {again}",
    "absent_library": "The model needs {name}, which is not installed on this server. Install the package "
    "{package} there, or upload a model of scikit-learn.",
    "function": "The model needs {names}, and functions and types of this kind are not accepted. Prepare "
    "these columns before you send them, use one of scikit-learn's own transformers, or put them into an "
    "installed package that TRUSTED_MODULES names.",
    "unchecked_type": "This {name} is not accepted, because some of its parts cannot be checked: {names}. "
    "Build the model from scikit-learn's other estimators, of which most are accepted.",
    "unreadable": "skops cannot read the file ({cause}). {again}",
    "other_skops": "The file was saved with skops {theirs}, but this server uses {ours}, which cannot "
    "read it ({cause}). Save the model with skops {ours}.",
    "no_model": "The file contains {what} and not a model. {save}",
    "reads_files": "{name}={value} makes the model read files when it predicts. Set it to 'content'.",
    "crafted": "A {name} in the model {fault}. {again}",
    # How the sandbox process ended
    "memory": "Opening, converting and testing the model needs more than {megabytes:,} MB of memory "
    "(CHILD_MEMORY_MB). {smaller}",
    "time": "Opening, converting and testing the model takes more than {seconds:g} s. {smaller}",
    "large_result": "The served form (ONNX) of the model has more than {most}. {smaller}",
    "crashed": "The process that opened the model crashed ({how}). {again}",
    "killed": "The operating system stopped the process that opened the model ({how}), probably for lack of "
    "memory. {smaller}",
    "failed": "The model could not be tested ({cause}). Try model.predict on some of your own rows, then "
    "save the model again.",
}


class Refused(Exception):
    """An upload that is not accepted: a stable code, and the sentence as text."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        texts = {name: shown(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        super().__init__(SENTENCES[code].format(**texts, **REMEDIES))


def refuse_more(count: int, most: int, code: str) -> None:
    """Raise `Refused` where a count is over its limit."""
    if count > most:
        raise Refused(code, most=most)


def refuse_larger(size: int, most: int, code: str, **facts: Any) -> None:
    """Raise `Refused` where a size in bytes is over its limit."""
    if size > most:
        raise Refused(code, size=megabytes(size), most=megabytes(most), **facts)


def megabytes(size: int) -> str:
    """Return 2621440 as "2.5 MB"; less than one in bytes."""
    return f"{size / 2**20:,.1f} MB" if size >= 2**20 else f"{size:,} bytes"

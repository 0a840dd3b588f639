"""Why an upload is refused: each reason once, with what to do; and kinds of files by their first bytes."""

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
    "onnx": "The file is an ONNX model. Upload the scikit-learn model instead: the ONNX form is made here "
    "and compared with it. {save}",
    "hdf5": "The file is HDF5, as Keras writes it. Only scikit-learn models are accepted. {save}",
    "text": "The file is text and not a model. {save}",
    "unknown_file": "The file is not a skops file, because it does not begin like a zip archive. {save}",
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
    "package that you trust, the server's operator adds the package to the settings: "
    "TRUSTED_MODULES={packages}.",
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

ZIP = b"PK\x03\x04"
BEGINNINGS = {
    "empty_zip": (b"PK\x05\x06",),
    "pickle": (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    "compressed": (
        *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18"),  # gzip to lz4
        *(b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"),  # zlib at its levels
    ),
    "hdf5": (b"\x89HDF",),
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


def refuse_other_kinds(content: bytes) -> None:
    """Raise `Refused` with the way to convert, unless the file begins as a zip archive that is not empty."""
    if content.startswith(ZIP):
        return
    if not content:
        raise Refused("empty_file")
    for code, beginnings in BEGINNINGS.items():
        if content.startswith(beginnings):
            raise Refused(code)
    if content[:1] == b"\x08" and content[2:3] in (b"\x12", b"\x1a", b"\x3a"):  # fields of ONNX's ModelProto
        raise Refused("onnx")
    text = content[:200].decode("utf-8", errors="replace").rstrip("�")  # the last character may be cut
    is_text = bool(text) and all((char.isprintable() or char.isspace()) and char != "�" for char in text)
    raise Refused("text" if is_text else "unknown_file")

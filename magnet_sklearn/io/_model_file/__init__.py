"""Files of fitted estimators: JSON and safetensors, without code.

`_encoder` turns an estimator into JSON and arrays, `_archive` writes these with
checksums, and `_decoder` builds the estimator again, from classes of the list in
`_classes` only. `_parts` says what the state of an object is, `_checks` and `_trees`
what has to be true of it.
"""

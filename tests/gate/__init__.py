"""The gate's test corpora: edits that it must refuse or accept."""

from common.damaged_files import members_of

from magnet_sklearn.io import describe_model, load_model, save_model


def test_folder_is_what_the_hub_takes(classifier, file, tmp_path):
    save_model(classifier, tmp_path / "repository", layout="folder")

    names = {path.name for path in (tmp_path / "repository").iterdir()}
    assert {"README.md", "config.json", "model.safetensors"} < names
    for name, content in members_of(file).items():
        assert (tmp_path / "repository" / name).read_bytes() == content
    assert load_model(tmp_path / "repository").gates_.tolist() == [1.0, 1.0]


def test_card_of_a_folder_may_be_edited(classifier, tmp_path):
    save_model(classifier, tmp_path, layout="folder")
    (tmp_path / "README.md").write_text("Our model.")

    assert str(describe_model(tmp_path)) == "Our model."
    assert load_model(tmp_path).gates_.tolist() == [1.0, 1.0]


def test_card_has_a_header_and_says_what_is_inside(file):
    header, text = describe_model(file).card.split("---\n", 2)[1:]

    assert "library_name: magnet-sklearn" in header.splitlines()
    assert "pipeline_tag: tabular-classification" in header.splitlines()
    assert "`clinical`: table of 2 columns, 1 of them categories" in text
    assert "Digests of 42 training patients" in text

"""Reading the .txt files of this directory: records of "key: value" lines, a line "---", and a program."""
import pathlib

HERE = pathlib.Path(__file__).parent


def unescape(text):
    return text.replace("\\n", "\n")


def read(name):
    """[{name, program, and the record's keys}]; keys that may repeat (test) hold lists."""
    records = []
    for part in ("\n" + (HERE / name).read_text()).split("\n=== ")[1:]:
        title, _, rest = part.partition("\n")
        head, _, program = rest.partition("---\n")
        record = {"name": title, "program": program, "test": []}
        for line in head.splitlines():
            key, _, value = line.partition(":")
            value = unescape(value.strip())
            if key == "test":
                record["test"].append(value)
            else:
                record[key] = value
        records.append(record)
    return records

"""Makes capsules that no hrm would write: capsule_make.py KIND CAPSULE OUT."""
import ctypes, hashlib, json, sqlite3, struct, sys, tempfile

zstd = ctypes.CDLL("libzstd.so.1")
zstd.ZSTD_compressBound.restype = zstd.ZSTD_compress.restype = zstd.ZSTD_decompress.restype = ctypes.c_size_t
MAGIC = 0x184D2A5D


def compress(raw):
    room = ctypes.create_string_buffer(zstd.ZSTD_compressBound(ctypes.c_size_t(len(raw))))
    n = zstd.ZSTD_compress(room, ctypes.c_size_t(len(room)), raw, ctypes.c_size_t(len(raw)), 3)
    return room.raw[:n]


def unpack(path):
    whole = open(path, "rb").read()
    magic, n = struct.unpack("<II", whole[:8])
    assert magic == MAGIC
    head = json.loads(whole[8:8 + n])
    room = ctypes.create_string_buffer(head["bytes"])
    body = whole[8 + n:]
    got = zstd.ZSTD_decompress(room, ctypes.c_size_t(len(room)), body, ctypes.c_size_t(len(body)))
    assert got == head["bytes"] and hashlib.sha256(room.raw).hexdigest() == head["sha256"]
    return whole, head, room.raw


def pack(raw, head, **changes):
    head = {**head, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest(), **changes}
    text = json.dumps(head).encode()
    return struct.pack("<II", MAGIC, len(text)) + text + compress(raw)


def with_sql(raw, sql):
    with tempfile.NamedTemporaryFile(suffix=".db") as f:
        f.write(raw)
        f.flush()
        db = sqlite3.connect(f.name)
        db.executescript(sql)
        db.commit()
        db.close()
        return open(f.name, "rb").read()


kind, source, out = sys.argv[1:]
whole, head, raw = unpack(source)
start = 8 + struct.unpack("<I", whole[4:8])[0]
flipped = bytearray(whole)
flipped[start + (len(whole) - start) // 2] ^= 0x55
broken = bytearray(raw)
for i in range(4096, min(len(broken), 200000), 97):
    broken[i] ^= 0xFF
made = {
    "unpacked": lambda: raw,
    "cut": lambda: whole[:len(whole) // 2],
    "head_only": lambda: whole[:start],
    "head_cut": lambda: whole[:20],
    "flipped": lambda: bytes(flipped),
    "more": lambda: whole + b"more",
    "other_sha": lambda: pack(raw, head, sha256="0" * 64),
    "says_more": lambda: pack(raw, head, bytes=len(raw) + 4096),
    "says_less": lambda: pack(raw, head, bytes=len(raw) - 4096),
    "says_negative": lambda: pack(raw, head, bytes=-1),
    "says_huge": lambda: pack(raw, head, bytes=1 << 60),
    "bomb": lambda: pack(bytes(512 << 20), head),
    "no_json": lambda: struct.pack("<II", MAGIC, 4) + b"oops" + compress(raw),
    "long_head": lambda: struct.pack("<II", MAGIC, 0xFFFFFFF0) + whole[8:],
    "newer": lambda: pack(raw, head, capsule=2),
    "foreign": lambda: pack(raw, {}, capsule=0),
    "text": lambda: pack(b"not a database" * 100, head),
    "no_record": lambda: pack(with_sql(b"", "CREATE TABLE x(y)"), head),
    "broken": lambda: pack(bytes(broken), head),
    "trigger": lambda: pack(with_sql(raw, "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM meta; END"), head),
    "view": lambda: pack(with_sql(raw, "CREATE VIEW v AS SELECT 1"), head),
    # A view of ours that never ends: it is made anew, so that this is a capsule like any other.
    "slow_view": lambda: pack(with_sql(raw, "DROP VIEW spent; CREATE VIEW spent AS WITH RECURSIVE n(x) AS (SELECT 1 "
                                            "UNION ALL SELECT x + 1 FROM n) SELECT x AS episode FROM n"), head),
    "climbs": lambda: pack(with_sql(raw, "UPDATE files SET name = 'prompts/../../../escaped.txt' WHERE name = "
                                         "'prompts/profile.yaml'"), head),
    "no_suite": lambda: pack(with_sql(raw, "DELETE FROM files WHERE name = 'suite.yaml'"), head),
    "no_files": lambda: pack(with_sql(raw, "DROP TABLE files"), head),
}
open(out, "wb").write(made[kind]())

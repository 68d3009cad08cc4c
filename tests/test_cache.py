"""The cache: private, bounded, safe for several writers; losing it costs time, never a result."""

import sqlite3
import stat
import threading
from importlib import metadata

from evidence_kit.cache import FILE, Cache
from evidence_kit.resolve import all_providers, package_version


def test_keeps_and_forgets(tmp_path):
    kept = Cache(tmp_path / "c", now_s=1000.0)
    kept.put("key", "value")
    assert kept.get("key") == "value"
    assert kept.get("other") is None
    assert kept.info().entries == 1
    assert kept.clear() == 1
    assert kept.get("key") is None
    kept.close()


def test_is_private_to_the_user(tmp_path):
    kept = Cache(tmp_path / "c", now_s=0.0)
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    kept.close()


def test_old_entries_go(tmp_path):
    first = Cache(tmp_path, now_s=0.0)
    first.put("old", "x")
    first.close()
    later = Cache(tmp_path, now_s=31 * 86400.0)
    assert later.get("old") is None
    later.close()


def test_size_is_bounded_oldest_first(tmp_path):
    for moment in range(20):
        kept = Cache(tmp_path, now_s=float(moment), max_bytes=1000)
        kept.put(f"key{moment}", "x" * 100)
        kept.close()
    kept = Cache(tmp_path, now_s=20.0, max_bytes=1000)
    assert kept.info().bytes <= 1000
    assert kept.get("key19") is not None
    assert kept.get("key0") is None
    kept.close()


def test_size_is_bounded_while_one_process_writes_and_writes(tmp_path):
    kept = Cache(tmp_path, now_s=0.0, max_bytes=10_000)
    for number in range(400):
        kept.put(f"key{number}", "x" * 100)
        assert kept.info().bytes <= 10_000 + 10_000 // 16 + 400
    assert kept.info().entries > 50
    kept.close()


def test_a_value_with_another_letter_is_a_miss(tmp_path):
    kept = Cache(tmp_path, now_s=0.0)
    kept.put("key", '{"number": 1}')
    kept.put("other", '{"number": 1}')
    kept.close()
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute("UPDATE kept SET value = replace(value, '\"number\": 1', '\"number\": 7') WHERE key = 'key'")
        raw.execute("INSERT INTO kept SELECT 'moved', value, written FROM kept WHERE key = 'other'")
    raw.close()
    again = Cache(tmp_path, now_s=0.0)
    assert again.get("key") is None
    assert again.get("moved") is None
    assert again.get("other") == '{"number": 1}'
    again.close()


def test_a_damaged_file_is_replaced(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    kept = Cache(tmp_path, now_s=0.0)
    kept.put("key", "value")
    assert kept.get("key") == "value"
    kept.close()


def test_a_folder_that_cannot_be_written_keeps_nothing_and_breaks_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    kept = Cache(blocked, now_s=0.0)
    kept.put("key", "value")
    assert kept.get("key") is None
    kept.close()


def test_several_writers(tmp_path):
    stores = [Cache(tmp_path, now_s=0.0) for _ in range(4)]

    def write(place):
        for entry in range(50):
            stores[place].put(f"{place}-{entry}", str(entry))

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].info().entries == 200
    for store in stores:
        store.close()
    with sqlite3.connect(tmp_path / FILE) as raw:
        columns = [row[1] for row in raw.execute("PRAGMA table_info(kept)")]
    raw.close()
    assert columns == ["key", "value", "written"]


def test_versions_are_those_of_the_packages_metadata(tmp_path, monkeypatch):
    named = {name for provider in all_providers() for name in provider.packages}
    assert {name: package_version(name) for name in named} == {name: metadata.version(name) for name in named}
    old = tmp_path / "Old_Way.egg-info"
    old.mkdir()
    (old / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: Old-Way\nVersion: 1.5\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert (package_version("old-way"), package_version("no-such-package")) == ("1.5", "absent")

from sync.reading import each
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryStore


async def test_each_document_of_a_range_is_read_once_however_many_there_are():
    store = MemoryStore()
    database = await store.create("sch-test")
    names = [f"entry:{n}" for n in range(5)]
    await database.write(WriteBatch([Write(name, {}) for name in (*names, "held:1")]))
    for limit in range(1, 7):
        read = [one.id async for one in each(database, "entry:", "entry;", limit=limit)]
        assert read == names
    await store.close()

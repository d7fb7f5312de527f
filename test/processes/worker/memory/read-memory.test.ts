/** What counts as used and what as the limit, for a heap and for a container. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { type MemorySource, memoryReader } from '../../../../src/processes/worker/memory/read-memory.ts'
import { reclaimableIn, statFiles } from '../../../../src/processes/worker/memory/read-reclaimable.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

const machine: MemorySource = {
  heapLimit: 296 * MIB,
  external: 4 * MIB,
  spaces: [
    { space_name: 'old_space', space_used_size: 40 * MIB },
    { space_name: 'large_object_space', space_used_size: 2 * MIB },
    { space_name: 'new_space', space_used_size: 16 * MIB },
    { space_name: 'new_large_object_space', space_used_size: 8 * MIB },
  ],
  constrained: 2 ** 64,
  available: 20 * GIB,
  total: 24 * GIB,
  reclaimable: () => assert.fail('nobody needs to know'),
}

const readMemory = (source: MemorySource) => memoryReader(() => source)()

test('the heap is its old generation: the young one counts on neither side', () => {
  assert.deepEqual(readMemory(machine), [{ of: 'heap', usedBytes: 42 * MIB, limitBytes: 200 * MIB }])
})

test('in a small container the young generation is small too', () => {
  const [heap] = readMemory({ ...machine, heapLimit: 262 * MIB, constrained: 512 * MIB, available: 500 * MIB })
  assert.equal(heap?.limitBytes, 256 * MIB)
})

test('a heap whose young generation was made small by hand keeps a limit above nothing', () => {
  assert.equal(readMemory({ ...machine, heapLimit: 80 * MIB })[0]?.limitBytes, 20 * MIB)
})

for (const [name, constrained] of [
  ['a huge number', 2 ** 64],
  ['nothing', 0],
  ['the memory of the machine', 24 * GIB],
] as const) {
  test(`${name} is no limit of a container`, () => {
    assert.deepEqual(
      readMemory({ ...machine, constrained }).map((reading) => reading.of),
      ['heap'],
    )
  })
}

test('a container with a limit is read, and its page cache is asked for only when it is nearly full', () => {
  const roomy = readMemory({ ...machine, constrained: GIB, available: 900 * MIB })
  assert.deepEqual(roomy[1], { of: 'container', usedBytes: 124 * MIB, limitBytes: GIB })
  const full = { ...machine, constrained: GIB, available: 24 * MIB }
  const cached = readMemory({ ...full, reclaimable: () => 800 * MIB })
  assert.deepEqual(cached[1], { of: 'container', usedBytes: 200 * MIB, limitBytes: GIB })
  assert.equal(readMemory({ ...full, reclaimable: () => 0 })[1]?.usedBytes, 1000 * MIB)
  assert.equal(readMemory({ ...full, reclaimable: () => 2 * GIB })[1]?.usedBytes, 0)
})

test('buffers that were freed do not count, although the kernel still does', () => {
  let external = 700 * MIB
  const read = memoryReader(() => {
    return { ...machine, constrained: GIB, available: 24 * MIB, external, reclaimable: () => 0 }
  })
  assert.equal(read()[1]?.usedBytes, 1000 * MIB)
  external = 100 * MIB
  assert.equal(read()[1]?.usedBytes, 400 * MIB)
})

test('the file pages of a group are what can be given back, in both versions of cgroup', () => {
  assert.equal(reclaimableIn('anon 500\nfile 70\nshmem 7\ninactive_file 40\nactive_file 23\n'), 63)
  assert.equal(reclaimableIn('inactive_file 1\nactive_file 1\ntotal_inactive_file 40\ntotal_active_file 23\n'), 63)
  assert.equal(reclaimableIn(''), 0)
})

test('the figures of a group are looked for in its folder, then at the root', () => {
  const own = '/sys/fs/cgroup/system.slice/vedette.service/memory.stat'
  assert.deepEqual(statFiles('0::/system.slice/vedette.service\n'), [own, '/sys/fs/cgroup/memory.stat'])
  assert.deepEqual(statFiles('0::/\n'), ['/sys/fs/cgroup/memory.stat'])
  assert.deepEqual(statFiles('5:cpu,cpuacct:/a\n4:memory:/pod/b\n0::/\n'), [
    '/sys/fs/cgroup/memory/pod/b/memory.stat',
    '/sys/fs/cgroup/memory/memory.stat',
  ])
  assert.deepEqual(statFiles(''), ['/sys/fs/cgroup/memory.stat'])
})

test('a real process with a limit on its old generation is measured by that limit', () => {
  const url = new URL('../../../../src/processes/worker/memory/read-memory.ts', import.meta.url)
  const script = `import { memoryReader } from ${JSON.stringify(url.href)}; console.log(JSON.stringify(memoryReader()()[0]))`
  const flags = ['--max-old-space-size=64', '--max-semi-space-size=32', '--input-type=module', '-e', script]
  const { of, usedBytes, limitBytes } = JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' }))
  assert.equal(of, 'heap')
  assert.ok(usedBytes > MIB && usedBytes < 32 * MIB, `${usedBytes} bytes used`)
  assert.ok(limitBytes >= 64 * MIB, `limit ${limitBytes}`)
})

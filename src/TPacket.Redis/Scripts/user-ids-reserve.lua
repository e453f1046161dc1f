-- Reserves a block of user ids and returns the first.
local ids, known, count, first, last = KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local begin = tonumber(redis.call('GET', ids) or first)
-- A Redis with another replication id may have lost the latest blocks. The script then skips this number of ids, more than the lost blocks can have.
local SKIPPED = 262144
local now, before = replicationId(), redis.call('GET', known)
if before ~= now then
  if before then begin = begin + SKIPPED end
  redis.call('SET', known, now)
end
if begin + count - 1 > last then begin = first end
redis.call('SET', ids, text(begin + count))
return text(begin)

-- Reserves ids of users, and returns the first.
local ids, known, count, first, last = KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local begin = tonumber(redis.call('GET', ids) or first)
-- A Redis with another history may lack the latest blocks: this is more than they can have been.
local SKIPPED = 262144
local now, before = source(), redis.call('GET', known)
if before ~= now then
  if before then begin = begin + SKIPPED end
  redis.call('SET', known, now)
end
if begin + count - 1 > last then begin = first end
redis.call('SET', ids, text(begin + count))
return text(begin)

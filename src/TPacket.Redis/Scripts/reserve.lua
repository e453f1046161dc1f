-- Reserves ids of users, and returns the first.
local ids, count, first, last = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local begin = tonumber(redis.call('GET', ids) or first)
if begin + count - 1 > last then begin = first end
redis.call('SET', ids, text(begin + count))
return text(begin)

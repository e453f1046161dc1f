-- Raises the counter of user ids to the given id if it is lower. A counter that is lower by 2^30 or more has wrapped around to the first id, and stays.
local ids, seen = KEYS[1], tonumber(ARGV[1])
local next = tonumber(redis.call('GET', ids) or ARGV[2])
if seen > next and seen - next < 1073741824 then redis.call('SET', ids, text(seen)) end
return 0

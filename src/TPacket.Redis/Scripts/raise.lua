-- Raises the counter of user ids to what a node has seen. A counter that is far below has begun again at the first id.
local ids, seen = KEYS[1], tonumber(ARGV[1])
local next = tonumber(redis.call('GET', ids) or ARGV[2])
if seen > next and seen - next < 1073741824 then redis.call('SET', ids, text(seen)) end
return 0

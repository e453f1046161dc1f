-- Gives a node a lease. With a second key, counts for how long any node has served. The answer: for how long none has, and the history of this Redis.
local leases, served, node, period = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local now = clock()
redis.call('ZADD', leases, now + period, node)
return {served and text(serve(served, now, period)) or '0', source()}

-- Gives a node a lease. With a second key, counts for how long any node has served.
local leases, served, node, period = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local now = clock()
redis.call('ZADD', leases, now + period, node)
if served then serve(served, now, period) end
return 1

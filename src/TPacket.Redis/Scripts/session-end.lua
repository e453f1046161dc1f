-- Ends a session. Returns 1, also if the session has ended before; 0 if it has another generation; or 'lease'.
local sessions, tokens, owners, absences, leases = unpack(KEYS)
local node, prefix, number, generation = ARGV[1], ARGV[2], ARGV[4], ARGV[5]
local REMEMBERED = 60000
if not serves(leases, node, clock()) then return 'lease' end
local before = redis.call('HGET', sessions, number)
if not before then return 1 end
if string.sub(before, 1, 4) ~= generation then return 0 end
redis.call('HDEL', sessions, number)
redis.call('HDEL', tokens, string.sub(before, 22, 53))
if flag(before, 2) then redis.call('HDEL', tokens, string.sub(before, 54, 85)) end
redis.call('HDEL', absences, number)
local owner = redis.call('HGET', owners, number)
if owner then redis.call('SREM', prefix .. owner, number) end
redis.call('HDEL', owners, number)
-- Keeps an earlier node from restoring the session with session-restore after a failover.
redis.call('SET', prefix .. 'ended:' .. number, '1', 'PX', REMEMBERED)
return 1

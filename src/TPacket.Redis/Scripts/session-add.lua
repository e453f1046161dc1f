-- Adds a session. Returns 1; 0 if its token or number exists already; or 'lease'.
local sessions, tokens, owners, absences, leases, served = unpack(KEYS)
local node, prefix, period, number, record = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local now = clock()
if not serves(leases, node, now) then return 'lease' end
local token = string.sub(record, 22, 53)
if redis.call('HEXISTS', tokens, token) == 1 or redis.call('HEXISTS', sessions, number) == 1 then return 0 end
redis.call('HSET', sessions, number, record)
redis.call('HSET', tokens, token, number)
if flag(record, 1) then redis.call('HSET', absences, number, text(serving(served, now, period))) end
own(owners, prefix, number, node)
return 1

-- Replaces the record of a session. Returns 1; 0 if no session has this number and generation; or 'lease'.
local sessions, tokens, owners, absences, leases, served = unpack(KEYS)
local node, prefix, period, number, record = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local now = clock()
if not serves(leases, node, now) then return 'lease' end
local before = redis.call('HGET', sessions, number)
if not before or string.sub(before, 1, 4) ~= string.sub(record, 1, 4) then return 0 end
redis.call('HSET', sessions, number, record)
if flag(record, 1) then
  redis.call('HSETNX', absences, number, text(serving(served, now, period)))
else
  redis.call('HDEL', absences, number)
end
own(owners, prefix, number, node)
return 1

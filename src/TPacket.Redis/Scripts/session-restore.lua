-- Restores the record of a session that a failover may have lost.
-- Returns 1; 0 if there is a later record, another node has the session, or the session has ended; or 'lease'.
local sessions, tokens, owners, absences, leases, served = unpack(KEYS)
local node, prefix, period, number, record = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local now = clock()
if not serves(leases, node, now) then return 'lease' end
local before = redis.call('HGET', sessions, number)
if not before and redis.call('EXISTS', prefix .. 'ended:' .. number) == 1 then return 0 end
if before then
  local there, here = struct.unpack('<i4', before), struct.unpack('<i4', record)
  if there > here or there == here and redis.call('HGET', owners, number) ~= node then return 0 end
  redis.call('HDEL', tokens, string.sub(before, 22, 53))
  if flag(before, 2) then redis.call('HDEL', tokens, string.sub(before, 54, 85)) end
end
redis.call('HSET', sessions, number, record)
redis.call('HSET', tokens, string.sub(record, 22, 53), number)
if flag(record, 2) then redis.call('HSET', tokens, string.sub(record, 54, 85), number) end
if flag(record, 1) then
  redis.call('HSETNX', absences, number, text(serving(served, now, period)))
else
  redis.call('HDEL', absences, number)
end
own(owners, prefix, number, node)
return 1

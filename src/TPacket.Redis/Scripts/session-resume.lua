-- Resumes a session. Returns its number and new record; false if no session has this token and principal, or another session has the next token; or 'lease'.
local sessions, tokens, owners, absences, leases = unpack(KEYS)
local node, prefix, token, nextToken, principal, grace = ARGV[1], ARGV[2], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if not serves(leases, node, clock()) then return 'lease' end
local number = redis.call('HGET', tokens, token)
local before = number and redis.call('HGET', sessions, number)
if not before then return false end
if (flag(before, 4) and string.sub(before, 86, 117) or '') ~= principal then return false end
local holder = redis.call('HGET', tokens, nextToken)
if holder and holder ~= number then return false end
local known = string.sub(before, 22, 53)
if flag(before, 2) then
  local pending = string.sub(before, 54, 85)
  redis.call('HDEL', tokens, pending == token and known or pending)
end
redis.call('HSET', tokens, token, number, nextToken, number)
local flags = 2 + (flag(before, 4) and 4 or 0)
if grace == '' then grace = string.sub(before, 6, 13) end
local record = struct.pack('<i4', struct.unpack('<i4', before) + 1) .. string.char(flags) .. grace .. string.sub(before, 14, 21) .. token .. nextToken .. string.sub(before, 86)
redis.call('HSET', sessions, number, record)
redis.call('HDEL', absences, number)
own(owners, prefix, number, node)
return {number, record}

-- Gives a node some of the sessions of another node whose lease has expired. Returns number, record and milliseconds of absence for each.
local sessions, tokens, owners, absences, leases, served = unpack(KEYS)
local node, prefix, period, gone, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local now = clock()
if not serves(leases, node, now) or serves(leases, gone, now) then return {} end
local adopted = {}
local sum = serving(served, now, period)
for _, number in ipairs(redis.call('SRANDMEMBER', prefix .. gone, most)) do
  local record = redis.call('HGET', sessions, number)
  if record then
    if not flag(record, 1) then
      record = string.sub(record, 1, 4) .. string.char(string.byte(record, 5) + 1) .. string.sub(record, 6)
      redis.call('HSET', sessions, number, record)
    end
    redis.call('HSETNX', absences, number, text(sum))
    own(owners, prefix, number, node)
    adopted[#adopted + 1] = number
    adopted[#adopted + 1] = record
    adopted[#adopted + 1] = text(sum - tonumber(redis.call('HGET', absences, number)))
  else
    redis.call('SREM', prefix .. gone, number)
  end
end
return adopted

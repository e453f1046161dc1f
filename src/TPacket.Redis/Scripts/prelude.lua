-- Lua's numbers are doubles. Offsets and times in milliseconds stay below 2^53; larger numbers are strings.
local function text(number) return string.format('%.0f', number) end

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The replication id changes after a failover and after a restart.
local function replicationId() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or '' end

-- Returns whether a node's lease has not expired. Scripts return 'lease' to a node that may not write.
local function serves(leases, node, now)
  local ends = redis.call('ZSCORE', leases, node)
  return ends and tonumber(ends) >= now
end

-- Returns the cluster's uptime: the milliseconds in which any node has served. A gap between two renewals that is longer than a lease does not count.
local function serving(served, now, period)
  local state = redis.call('HMGET', served, 'u', 'l')
  local sum, last = tonumber(state[1] or 0), tonumber(state[2] or now)
  if now > last and now - last <= period then sum = sum + now - last end
  return sum
end

-- Updates the uptime, and returns the downtime: the milliseconds since the first start of a node in which no node has served.
local function serve(served, now, period)
  local sum = serving(served, now, period)
  redis.call('HSETNX', served, 's', text(now))
  redis.call('HSET', served, 'u', text(sum), 'l', text(now))
  return math.max(0, now - tonumber(redis.call('HGET', served, 's')) - sum)
end

-- Layout of a session: generation (4 bytes), flags (1), grace and grace for this absence (8 each), token, next token and principal (32 each),
-- and parts that scripts only copy. Bits of the flags: 1 away, 2 has a next token, 4 has a principal, 8 has a grace for this absence.
local function flag(record, bit) return math.floor(string.byte(record, 5) / bit) % 2 == 1 end

-- Moves a session from the sessions of its previous node to the sessions of another node.
local function own(owners, prefix, number, node)
  local before = redis.call('HGET', owners, number)
  if before == node then return end
  if before then redis.call('SREM', prefix .. before, number) end
  redis.call('HSET', owners, number, node)
  redis.call('SADD', prefix .. node, number)
end

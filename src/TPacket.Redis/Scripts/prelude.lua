-- Numbers beyond 2^53 are text here: Lua has doubles only. Offsets and times in milliseconds stay below.
local function text(number) return string.format('%.0f', number) end

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Names the history of this Redis: another one after a failover, and after a restart.
local function source() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or '' end

-- Whether a node has a lease that is not over.
local function serves(leases, node, now)
  local ends = redis.call('ZSCORE', leases, node)
  return ends and tonumber(ends) >= now
end

-- For how many milliseconds any node has served, up to now. A time without a renewal that is longer than a lease counts for nothing.
local function serving(served, now, period)
  local state = redis.call('HMGET', served, 'u', 'l')
  local sum, last = tonumber(state[1] or 0), tonumber(state[2] or now)
  if now > last and now - last <= period then sum = sum + now - last end
  return sum
end

-- Counts up to now, and returns for how many milliseconds no node has served since the first one.
local function serve(served, now, period)
  local sum = serving(served, now, period)
  redis.call('HSETNX', served, 's', text(now))
  redis.call('HSET', served, 'u', text(sum), 'l', text(now))
  return math.max(0, now - tonumber(redis.call('HGET', served, 's')) - sum)
end

-- A session: generation (4 bytes), flags (1: away, 2: next token, 4: principal, 8: grace of this absence), grace and grace of this absence (8 each), token, next token and principal (32 each), and the rest.
local function flag(record, bit) return math.floor(string.byte(record, 5) / bit) % 2 == 1 end

local function own(owners, prefix, number, node)
  local before = redis.call('HGET', owners, number)
  if before == node then return end
  if before then redis.call('SREM', prefix .. before, number) end
  redis.call('HSET', owners, number, node)
  redis.call('SADD', prefix .. node, number)
end

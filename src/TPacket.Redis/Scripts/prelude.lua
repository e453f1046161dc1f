-- Numbers beyond 2^53 are text here: Lua has doubles only. Offsets and times in milliseconds stay below.
local function text(number) return string.format('%.0f', number) end

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Whether a node has a lease that is not over.
local function serves(leases, node, now)
  local ends = redis.call('ZSCORE', leases, node)
  return ends and tonumber(ends) >= now
end

-- Reads the events after a position. The mode 'after' reads both logs, 'first' reads both from the oldest event, and 'rules' leaves out messages.
-- Returns 'none' if the room does not exist; 'gone' and the log's end if the log no longer has the events after the position;
-- or 'ok', the log's end, the position and the events.
local room, chat, others, deleted = unpack(KEYS)
local mode, epoch, after, check, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local MOST_BYTES = 4194304

local state = redis.call('HMGET', room, 'e', 'o', 'c', 'fc', 'fo', 'R', 'P')
if not state[1] then return {'none'} end
local last, firstChat, firstOther = tonumber(state[2]), tonumber(state[4]), tonumber(state[5])

local function at(offset)
  local id = text(offset + 1) .. '-0'
  local found = redis.call('XRANGE', chat, id, id)[1] or redis.call('XRANGE', others, id, id)[1]
  return found and found[2][2] or redis.call('ZRANGEBYSCORE', deleted, text(offset), text(offset))[1]
end
local function gone() return {'gone', state[1], state[2], state[3]} end

-- Returns the check before an event, which the event itself contains.
local function before(offset)
  if offset == last + 1 then return state[3] end
  local entry = at(offset)
  return entry and string.sub(entry, 19, 34)
end

if mode == 'rules' then
  if not state[6] or epoch ~= state[1] or after + 1 < firstOther or after > last then return gone() end
  if text(after) .. ' ' .. check ~= state[7] then
    local entry = after >= 0 and after < last and at(after)
    local there = after == last and state[3] or entry and string.sub(entry, 35, 50)
    if there ~= check then return gone() end
  end
else
  local oldest = math.max(firstChat, firstOther)
  if mode == 'first' then
    check = before(oldest)
    if not check then return gone() end
    after = oldest - 1
  elseif epoch ~= state[1] or after < -1 or after > last or after + 1 < oldest or before(after + 1) ~= check then
    return gone()
  end
end

local function place(entry) return (struct.unpack('<I8', entry)) end

-- The offset up to which both logs were read. A log with too many bytes for one page lowers it.
local horizon = math.huge
local function entries(log)
  local read, from, bytes = {}, after + 2, 0
  while #read < most and bytes < MOST_BYTES do
    local page = redis.call('XRANGE', log, text(from) .. '-0', '+', 'COUNT', math.min(most - #read, 256))
    if #page == 0 then break end
    for _, found in ipairs(page) do
      read[#read + 1] = found[2][2]
      bytes = bytes + #found[2][2]
    end
    from = place(read[#read]) + 2
  end
  if bytes >= MOST_BYTES then horizon = math.min(horizon, from - 2) end
  return read
end

local said = mode == 'rules' and {} or entries(chat)
local happened = entries(others)
if mode ~= 'rules' then
  local left = redis.call('ZRANGEBYSCORE', deleted, '(' .. text(after), '+inf', 'LIMIT', 0, most)
  for _, entry in ipairs(left) do said[#said + 1] = entry end
  if #left > 0 then table.sort(said, function(one, other) return place(one) < place(other) end) end
end
for _, read in ipairs({said, happened}) do
  while #read > 0 and place(read[#read]) > horizon do read[#read] = nil end
end
return {'ok', state[1], state[2], state[3], text(after), check, said, happened}

#!lua
-- Adds a group as the next frame, or says why not; everything is checked before the first write.
--
-- KEYS  log, head, own, nodes
-- ARGV  reign, last frame mirrored, group, release, body; then for each part: name, epoch, first number, how many
local log, head, own = KEYS[1], KEYS[2], KEYS[3]
local reign, mirrored, group, release, body = unpack(ARGV, 1, 5)

-- Numbers are doubles here, and would be written with an exponent.
local function text(n) return string.format('%.0f', n) end

local at = redis.call('HMGET', head, 'reign', 'frame', 'link', 'run', 'format', 'base')
if at[1] ~= reign then return { 'REIGN', at[1] or '' } end
local frame = tonumber(at[2])
if frame < tonumber(mirrored) then return { 'BEHIND', at[1], at[2], at[3], at[4], at[5], at[6] } end

local fields = {}
for n = 6, #ARGV, 4 do
    for _, field in ipairs({ '.epoch', '.lsn', '.group', '.frame' }) do
        fields[#fields + 1] = ARGV[n] .. field
    end
end
local held = #fields > 0 and redis.call('HMGET', own, unpack(fields)) or {}

for n = 1, #fields, 4 do
    if held[n + 2] == group then return { 'IN', held[n + 3] } end
end

local fenced, lsn = { 'FENCED', at[2] }, { 'LSN', at[2] }
for n = 1, #fields, 4 do
    local name, epoch, first = ARGV[n + 5], ARGV[n + 6], ARGV[n + 7]
    if held[n] ~= epoch then fenced[#fenced + 1] = name end
    if (held[n + 1] or '1') ~= first then lsn[#lsn + 1] = name end
end
if #fenced > 2 then return fenced end
if #lsn > 2 then return lsn end

local next, link = text(frame + 1), redis.sha1hex(at[3] .. group)
local written = {}
for n = 1, #fields, 4 do
    written[#written + 1] = fields[n + 1]
    written[#written + 1] = text(tonumber(ARGV[n + 7]) + tonumber(ARGV[n + 8]))
    written[#written + 1] = fields[n + 2]
    written[#written + 1] = group
    written[#written + 1] = fields[n + 3]
    written[#written + 1] = next
end
redis.call(
    'XADD', log, next .. '-0',
    'group', group, 'reign', reign, 'release', release, 'link', link, 'body', body
)
redis.call('HSET', head, 'frame', next, 'link', link)
if #written > 0 then redis.call('HSET', own, unpack(written)) end
return { 'IN', next }

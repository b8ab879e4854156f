#!lua flags=allow-oom
-- Takes, keeps or gives up leases for one node, each on its own, and says how each stands then.
--
-- KEYS  log, head, own, nodes
-- ARGV  reign, node, how long a lease lasts, what is wanted; to acquire: names; to renew or release: name, epoch, …
local head, own = KEYS[2], KEYS[3]
local reign, node, lasts, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

-- Numbers are doubles here, and would be written with an exponent.
local function text(n) return string.format('%.0f', n) end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local at = redis.call('HMGET', head, 'reign', 'frame')
if at[1] ~= reign then return { 'REIGN', at[1] or '' } end

-- A holding as it stands, once for each name: whoever names it twice meets what it did first.
local known = {}
local function standing(name)
    if not known[name] then
        local held = redis.call('HMGET', own, name .. '.epoch', name .. '.node', name .. '.until')
        known[name] = { epoch = held[1] or '0', node = held[2] or '', ends = tonumber(held[3] or '0') }
    end
    return known[name]
end

local change = {}

function change.acquire(lease)
    local free = lease.node == '' or lease.node == node or lease.ends < now or lease.ends > now + lasts
    if not free then return false end
    lease.epoch = text(math.max(tonumber(reign) * 4294967296, tonumber(lease.epoch)) + 1)
    lease.node, lease.ends = node, now + lasts
    return true
end

function change.renew(lease, epoch)
    if lease.epoch ~= epoch or lease.node ~= node then return false end
    lease.ends = now + lasts
    return true
end

function change.release(lease, epoch)
    if lease.epoch ~= epoch or lease.node ~= node then return false end
    lease.node, lease.ends = '', now
    return true
end

local step = wanted == 'acquire' and 1 or 2
local written, reply = {}, { 'LEASES', text(now), at[2] }
for n = 5, #ARGV, step do
    local name, lease = ARGV[n], standing(ARGV[n])
    if change[wanted](lease, ARGV[n + 1]) then
        for field, value in pairs({ epoch = lease.epoch, node = lease.node, ['until'] = text(lease.ends) }) do
            written[#written + 1] = name .. '.' .. field
            written[#written + 1] = value
        end
    end
    reply[#reply + 1] = lease
end
for n = 4, #reply do
    local lease = reply[n]
    reply[n] = { lease.epoch, lease.node, text(lease.ends) }
end
if #written > 0 then redis.call('HSET', own, unpack(written)) end
return reply

/**
 * The steps of a lock, each atomic on the server. KEYS: 1 own, 2 barring, then for shards 3 shared
 * and 4… the own keys of all. ARGV: 1 token, 2 milliseconds to live, 3 value of the shared key.
 */

/** Which key is in the way of working, if any; false in Lua becomes null. */
const FIND_OBSTACLE = `
local function obstacle()
  if redis.call('EXISTS', KEYS[2]) == 1 then return KEYS[2] end
  local division = KEYS[3] and redis.call('GET', KEYS[3])
  if division and division ~= ARGV[3] then return KEYS[3] end
  return false
end`;

/** The shared key outlives the own key of every shard, so no other division starts beside one. */
const KEEP_SHARED = `
local function keepShared()
  if KEYS[3] and redis.call('PTTL', KEYS[3]) < tonumber(ARGV[2]) then
    redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[2])
  end
end`;

/** Answers with the key that is in the way, or null when the lock was taken. */
export const ACQUIRE = `${FIND_OBSTACLE}${KEEP_SHARED}
local found = obstacle()
if found then return found end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return KEYS[1] end
keepShared()
return false`;

/** Answers with 1 when the lock was still ours. */
export const RENEW = `${FIND_OBSTACLE}${KEEP_SHARED}
if redis.call('GET', KEYS[1]) ~= ARGV[1] or obstacle() then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
keepShared()
return 1`;

/** Never deletes the lock of another run; the last shard deletes what they had in common. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if KEYS[3] and redis.call('EXISTS', unpack(KEYS, 4)) == 0 then redis.call('DEL', KEYS[3]) end
return 1`;

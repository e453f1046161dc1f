export { deletions, ModerationCommand } from './commands.js';
export { type Ban, banAddress, banAddressOf, banNick, deleteMessage, invite, kick, listBans, type ModeratingClient, mute, onDeleted, type Sanction, unbanAddress, unbanNick, unmute } from './moderation.js';

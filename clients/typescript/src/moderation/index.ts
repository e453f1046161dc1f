export { deletions, ModerationCommand } from './commands.js';
export { banAddress, banAddressOf, banNick, deleteMessage, invite, kick, listBans, type ModeratingClient, mute, onDeleted, type Sanction, type SanctionOptions, unbanAddress, unbanNick, unmute } from './moderation.js';

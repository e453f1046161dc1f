// begin-snippet: sqlite-backup
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: sqlite-backup
internal sealed class NightlyBackup(SqliteBackup backup)
{
    public Task RunAsync(CancellationToken cancellationToken) => backup.WriteAsync("/var/backups/chat.db", cancellationToken);
}
// end-snippet

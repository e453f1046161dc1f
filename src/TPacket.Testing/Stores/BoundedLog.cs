using TPacket.Server;

namespace TPacket.Testing.Stores;

/// <summary>Adds a deadline to each call of a log, so that a test fails if the store does not answer.</summary>
internal sealed class BoundedLog(IRoomLog inner, TimeSpan deadline) : IRoomLog
{
    public ValueTask<AppendResult> AppendAsync(RoomAppend append) => BoundAsync(inner.AppendAsync(append));

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) =>
        BoundAsync(inner.ReadAsync(after, maxEvents, cancellationToken));

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) =>
        BoundAsync(inner.ReadRulesAsync(after, maxEvents, cancellationToken));

    public async ValueTask DisposeAsync() => await inner.DisposeAsync().AsTask().WaitAsync(deadline, TimeProvider.System).ConfigureAwait(false);

    private async ValueTask<T> BoundAsync<T>(ValueTask<T> call) =>
        call.IsCompletedSuccessfully ? call.Result : await call.AsTask().WaitAsync(deadline, TimeProvider.System).ConfigureAwait(false);
}

using System.Diagnostics;
using System.Globalization;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Server.Diagnostics;

/// <summary>The activity source <c>TPacket.Server</c>. Tags have few values; they never contain a nick, a room or an address. Thread-safe.</summary>
internal sealed class ServerActivities : IDisposable
{
    public const string SourceName = "TPacket.Server";

    /// <summary>The source; each host has its own.</summary>
    public ActivitySource Source { get; } = new(SourceName);

    /// <summary>Whether the source has listeners. Without listeners, callers compute and allocate nothing for activities.</summary>
    public bool HasListeners => Source.HasListeners();

    /// <summary>
    /// Starts the activity of a handshake. The parent is the current activity if an HTTP server has routed the request,
    /// and otherwise the request's <c>traceparent</c>. Call it from an async method, which restores the current activity of its caller.
    /// </summary>
    public Activity? StartHandshake(UpgradeRequest request)
    {
        // An event loop serves many clients. Its current activity belongs to none of them.
        if (!request.IsRouted)
            Activity.Current = null;
        var parent = default(ActivityContext);
        if (Activity.Current is null && request.GetHeader("traceparent") is { } traceParent)
            ActivityContext.TryParse(traceParent, request.GetHeader("tracestate"), isRemote: true, out parent);
        return Source.StartActivity(
            Activity.Current is null ? ActivityKind.Server : ActivityKind.Internal, parent, [new("network.protocol.name", "websocket")], name: "tpacket handshake");
    }

    /// <summary>Stops the activity of a handshake.</summary>
    /// <param name="activity">The activity; null if none is recorded.</param>
    /// <param name="statusCode">The HTTP status of the answer.</param>
    public static void StopHandshake(Activity? activity, int statusCode)
    {
        if (activity is null)
            return;
        activity.SetTag("http.response.status_code", statusCode);
        if (statusCode >= 500)
            activity.SetTag("error.type", statusCode.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
        activity.Stop();
    }

    /// <summary>Returns the HTTP status of an accepted request: 200 over HTTP/2 (RFC 8441), 101 over HTTP/1.1.</summary>
    public static int AcceptedStatusOf(UpgradeRequest request) => request.GetHeader("Sec-WebSocket-Key") is null ? 200 : 101;

    /// <summary>Returns the link from each command of a connection to its handshake; null if the handshake was not recorded.</summary>
    public static ActivityLink[]? LinkTo(Activity? handshake) => handshake is null ? null : [new ActivityLink(handshake.Context)];

    /// <summary>Starts the activity of a command, as the root of a new trace: a connection lasts too long for one trace.</summary>
    /// <param name="command">The command of the packet.</param>
    /// <param name="links">The link to the handshake, or null.</param>
    public Activity? StartCommand(int command, ActivityLink[]? links)
    {
        Activity.Current = null;
        var name = ServerMetrics.CommandName(command);
        return Source.StartActivity(ActivityKind.Server, parentContext: default, [new("tpacket.command", name)], links, name: $"tpacket {name}");
    }

    /// <summary>Records that the command is answered with RESP_ERROR.</summary>
    public static void OnRefused(Activity activity, int code) =>
        activity.SetTag("tpacket.error_code", Enum.GetName((PacketErrorCode)code) ?? "Application");

    /// <summary>Records that an activity has failed.</summary>
    public static void OnFailed(Activity? activity, Exception error) =>
        activity?.SetTag("error.type", error.GetType().FullName).SetStatus(ActivityStatusCode.Error);

    /// <summary>Calls a store in an activity.</summary>
    /// <param name="store">The store. An <see cref="IDatabaseStore"/> names its database.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="target">The kind of object that the operation concerns.</param>
    /// <param name="state">The arguments.</param>
    /// <param name="call">Makes the call.</param>
    public async ValueTask<T> CallAsync<T, TState>(object store, string operation, string target, TState state, Func<TState, ValueTask<T>> call)
    {
        // Timers and queues outlive the command that started them. Their calls are not part of that command.
        if (Activity.Current is { IsStopped: true })
            Activity.Current = null;
        var system = (store as IDatabaseStore)?.SystemName;
        var kind = system is null ? ActivityKind.Internal : ActivityKind.Client;
        KeyValuePair<string, object?>[] tags = [new("db.operation.name", operation), new("tpacket.store", store.GetType().Name)];
        if (system is not null)
            tags = [new("db.system.name", system), .. tags];
        using var activity = Source.StartActivity(kind, parentContext: default, tags, name: $"{operation} {target}");
        try
        {
            var result = await call(state).ConfigureAwait(false);
            if (activity is not null && result is AppendResult append)
                activity.SetTag("tpacket.outcome", append.Status.ToString());
            return result;
        }
        catch (Exception e)
        {
            OnFailed(activity, e);
            throw;
        }
    }

    public void Dispose() => Source.Dispose();
}

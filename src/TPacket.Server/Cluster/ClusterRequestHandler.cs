using System.Net;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;
using TPacket.Server.Sessions.SignIn;

namespace TPacket.Server.Cluster;

/// <summary>Handles requests about the users and rooms of this server. Does not wait.</summary>
internal sealed class ClusterRequestHandler(UserRegistry users, RoomRegistry rooms, OwnedRooms ownedRooms, ServerStatus status, NickTakeover takeover)
{
    /// <summary>Begins to drain this server; set when the server starts.</summary>
    public Func<bool> TryDrain { get; set; } = static () => false;

    public ClusterResponse Handle(ClusterRequest request) => request.Kind switch
    {
        ClusterRequestKind.FindById => Found(users.Find(request.Id)),
        ClusterRequestKind.FindByNick => Found(users.Users.FirstOrDefault(user => user.Nick == request.Text)),
        ClusterRequestKind.Send => Done(users.Find(request.Id)?.Send(request.Command, request.P1, request.P2, request.Data.Span) ?? false),
        ClusterRequestKind.Disconnect => Done(Disconnect(request)),
        ClusterRequestKind.Rooms => new ClusterResponse { Rooms = Page(request) },
        ClusterRequestKind.TakeOverNick => Done(TakeOver(request)),
        ClusterRequestKind.Count => new ClusterResponse { Counts = new ClusterCounts(1, users.Count, ownedRooms.Count) },
        ClusterRequestKind.Server => new ClusterResponse { Server = status.Describe() },
        ClusterRequestKind.Connections => new ClusterResponse { Connections = status.List(request.Filter ?? new ClusterConnectionFilter(), request.Id, request.MaxConnections) },
        ClusterRequestKind.Room => new ClusterResponse { Rooms = rooms.Find(request.Room ?? "") is { } room ? [new ClusterRoom(room.Name, room.MemberCount)] : null },
        ClusterRequestKind.Announce => new ClusterResponse { Number = ownedRooms.Announce(request.Room, request.Text ?? "") },
        ClusterRequestKind.CloseRoom => new ClusterResponse { Number = ownedRooms.Empty(request.Room ?? "") },
        ClusterRequestKind.Drain => Done(request.Text == status.Id && TryDrain()),
        _ => ClusterResponse.None,
    };

    private static ClusterResponse Found(IUser? user) =>
        user is null ? ClusterResponse.None : new ClusterResponse { User = new ClusterUser(user.Id, user.Nick, user.Room?.Name, user.IsAway, (user.RemoteEndPoint as IPEndPoint)?.Address.ToString()) };

    private static ClusterResponse Done(bool isDone) => isDone ? new ClusterResponse { IsDone = true } : ClusterResponse.None;

    private bool Disconnect(ClusterRequest request)
    {
        var user = users.Find(request.Id);
        user?.Disconnect(request.Text ?? "");
        return user is not null;
    }

    private bool TakeOver(ClusterRequest request) =>
        request is { Text: { } nick, Data.Length: SecretHash.Size } && takeover.Begin(nick, SecretHash.Read(request.Data.Span)) is not null;

    private ClusterRoom[] Page(ClusterRequest request) =>
        [.. rooms.Listed
            .Where(room => request.Text is null || string.CompareOrdinal(room.Name, request.Text) > 0)
            .OrderBy(static room => room.Name, StringComparer.Ordinal)
            .Take(request.MaxRooms)
            .Select(static room => new ClusterRoom(room.Name, room.MemberCount))];
}

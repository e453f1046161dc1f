using System.Net;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;
using TPacket.Server.Sessions.SignIn;

namespace TPacket.Server.Cluster;

/// <summary>Answers questions about the users and rooms of this server. Does not wait.</summary>
internal sealed class ServerAnswers(UserRegistry users, RoomRegistry rooms, CountedRooms countedRooms, ServerView view, NickTakeover takeover)
{
    /// <summary>Begins to drain this server; set when the server starts.</summary>
    public Func<bool> TryDrain { get; set; } = static () => false;

    public ClusterAnswer Answer(ClusterQuestion question) => question.Kind switch
    {
        ClusterQuestionKind.FindById => Found(users.Find(question.Id)),
        ClusterQuestionKind.FindByNick => Found(users.Users.FirstOrDefault(user => user.Nick == question.Text)),
        ClusterQuestionKind.Send => Done(users.Find(question.Id)?.Send(question.Command, question.P1, question.P2, question.Data.Span) ?? false),
        ClusterQuestionKind.Disconnect => Done(Disconnect(question)),
        ClusterQuestionKind.Rooms => new ClusterAnswer { Rooms = Page(question) },
        ClusterQuestionKind.TakeOverNick => Done(TakeOver(question)),
        ClusterQuestionKind.Count => new ClusterAnswer { Counts = new ClusterCounts(1, users.Count, countedRooms.Count) },
        ClusterQuestionKind.Server => new ClusterAnswer { Server = view.Describe() },
        ClusterQuestionKind.Connections => new ClusterAnswer { Connections = view.List(question.Filter ?? new ClusterConnectionFilter(), question.Id, question.MaxConnections) },
        ClusterQuestionKind.Room => new ClusterAnswer { Rooms = rooms.Find(question.Room ?? "") is { } room ? [new ClusterRoom(room.Name, room.MemberCount)] : null },
        ClusterQuestionKind.Announce => new ClusterAnswer { Number = countedRooms.Announce(question.Room, question.Text ?? "") },
        ClusterQuestionKind.CloseRoom => new ClusterAnswer { Number = countedRooms.Empty(question.Room ?? "") },
        ClusterQuestionKind.Drain => Done(question.Text == view.Id && TryDrain()),
        _ => ClusterAnswer.None,
    };

    private static ClusterAnswer Found(IUser? user) =>
        user is null ? ClusterAnswer.None : new ClusterAnswer { User = new ClusterUser(user.Id, user.Nick, user.Room?.Name, user.IsAway, (user.RemoteEndPoint as IPEndPoint)?.Address.ToString()) };

    private static ClusterAnswer Done(bool isDone) => isDone ? new ClusterAnswer { IsDone = true } : ClusterAnswer.None;

    private bool Disconnect(ClusterQuestion question)
    {
        var user = users.Find(question.Id);
        user?.Disconnect(question.Text ?? "");
        return user is not null;
    }

    private bool TakeOver(ClusterQuestion question) =>
        question is { Text: { } nick, Data.Length: SecretHash.Size } && takeover.Begin(nick, SecretHash.Read(question.Data.Span)) is not null;

    private ClusterRoom[] Page(ClusterQuestion question) =>
        [.. rooms.Listed
            .Where(room => question.Text is null || string.CompareOrdinal(room.Name, question.Text) > 0)
            .OrderBy(static room => room.Name, StringComparer.Ordinal)
            .Take(question.MaxRooms)
            .Select(static room => new ClusterRoom(room.Name, room.MemberCount))];
}

// begin-snippet: rules-views
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: rules-views
/// <summary>Members see the votes once they have voted, and before that only how many votes there are.</summary>
internal sealed class SecretPollRules : PollRules
{
    private const int HasVoted = 1;

    public override int ViewerOf(PollState poll, RoomMember member) => poll.Votes.ContainsKey(member.Nick) ? HasVoted : 0;

    public override byte[] View(PollState poll, int viewer) => viewer == HasVoted ? Bytes(poll) : Bytes(new Voted(poll.Votes.Count));
}
// end-snippet

using System.Collections.Immutable;

namespace TPacket.Testing.Tests.Rules;

/// <param name="Question">The question; null before the first poll.</param>
/// <param name="Options">How many options there are.</param>
/// <param name="ClosesAt">When the poll closes; null where it is closed.</param>
/// <param name="Votes">The option of each member, by the member's id.</param>
public sealed record PollState(string? Question, int Options, DateTimeOffset? ClosesAt, ImmutableSortedDictionary<int, int> Votes)
{
    public static PollState Empty { get; } = new(null, 0, null, ImmutableSortedDictionary<int, int>.Empty);
}

using System.Collections.Immutable;

namespace TPacket.Server.Tests.Rules;

/// <summary>The state of <see cref="TallyRules"/>.</summary>
/// <param name="Sum">The sum of the added numbers.</param>
/// <param name="Secrets">A number of each user, which no other user sees.</param>
/// <param name="Deadline">The time of the room's wake-up, in milliseconds since the Unix epoch.</param>
/// <param name="Wakes">The number of wake-ups.</param>
/// <param name="Present">The members of the room, from the rules' presence events.</param>
/// <param name="Downtime">The time without a server, in milliseconds.</param>
/// <param name="Seed">The room's random number.</param>
public sealed record Tally(int Sum, ImmutableSortedDictionary<int, int> Secrets, long? Deadline, int Wakes, ImmutableSortedSet<string> Present, long Downtime, long Seed);

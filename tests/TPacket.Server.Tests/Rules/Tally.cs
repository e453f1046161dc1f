using System.Collections.Immutable;

namespace TPacket.Server.Tests.Rules;

/// <summary>The state of <see cref="TallyRules"/>.</summary>
/// <param name="Sum">Everything that was added.</param>
/// <param name="Secrets">A number that each user has, and nobody else sees.</param>
/// <param name="Deadline">When the room wants to be woken, in milliseconds since the Unix epoch.</param>
/// <param name="Wakes">How often it was.</param>
/// <param name="Present">Who is in the room, as the rules have heard.</param>
/// <param name="Downtime">For how many milliseconds no server ran.</param>
/// <param name="Seed">The room's random number.</param>
public sealed record Tally(int Sum, ImmutableSortedDictionary<int, int> Secrets, long? Deadline, int Wakes, ImmutableSortedSet<string> Present, long Downtime, long Seed);

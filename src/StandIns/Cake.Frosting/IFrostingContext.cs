using Cake.Core;

namespace Cake.Frosting;

/// <summary>What a task gets: Cake's context, or a class that adds to it.</summary>
public interface IFrostingContext : ICakeContext;

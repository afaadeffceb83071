import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { Prop } from '../../../platform/http/index.js';

/** A field that names 1 to 50 splits of a version, or is left out. */
export const SplitNames = (description: string): PropertyDecorator =>
  applyDecorators(
    Prop(() => [String], { description, nullable: true }),
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(50),
    IsString({ each: true }),
    MaxLength(100, { each: true }),
  );
